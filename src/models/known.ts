/** What a model of a known file writes with greedy decoding, from a source that anyone can look up. */
export interface KnownContinuation {
  /** SHA-256 of its `model.safetensors`, in hex. */
  readonly sha256: string;
  readonly prompt: string;
  /** What follows the prompt in float32, the model's favourite token each time. */
  readonly continuation: string;
  readonly source: string;
}

/** Models whose output is published, or is our own. */
export const KNOWN_CONTINUATIONS: readonly KnownContinuation[] = [
  {
    sha256: "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
    prompt: "I enjoy walking with my cute dog",
    continuation: ", but I'm not sure if I'll ever be able to walk with my dog. I'm not sure if I'll",
    source: "von Platen, “How to generate text”, huggingface.co/blog/how-to-generate, 2020",
  },
  {
    sha256: "b194b9372a57b4a5eda35d86b54bd46bb7da645d5373c162ea08ddd4511e8262",
    prompt: "Once upon a time",
    continuation: ', and the rest of the party were all ready to go.\n\n"I am going to the station," said',
    source: "training/evaluate.py, in PyTorch",
  },
];

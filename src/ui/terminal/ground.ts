/** Escape sequences for the text and the background under everything; empty for the terminal's own. */
export interface GroundSequences {
  readonly colour: string;
  readonly background: string;
}

/** The terminal's own text and background. */
export const NO_GROUND: GroundSequences = { colour: "", background: "" };

const RESET = "\x1b[0m";

/** A sequence that erases cells, so that they get the ground's background (what terminals call bce). */
export function eraseOn({ background }: GroundSequences, erase: string): string {
  return background === "" ? erase : `${background}${erase}${RESET}`;
}

/** Text with colours of its own, as Ink draws it, on the ground: what goes back to the terminal's goes back to that. */
export function dress({ colour, background }: GroundSequences, text: string): string {
  const dressed =
    colour === "" && background === ""
      ? text
      : `${colour}${background}${text.replaceAll("\x1b[39m", colour).replaceAll("\x1b[49m", background)}`;
  return dressed + RESET;
}

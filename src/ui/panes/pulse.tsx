import { Text } from "ink";
import { useEffect, useState } from "react";

/** What takes no longer is not worth a sign, in milliseconds. */
const AFTER_MS = 300;
const FRAME_MS = 400;
const FRAMES = [" ", "·", "•", "·"];

/** One cell that breathes while something is under way; `still`, it only stays what it is: a blank. */
export function Pulse({ busy, still }: { readonly busy: boolean; readonly still: boolean }) {
  const [frame, setFrame] = useState(0);
  const moving = busy && !still;
  useEffect(() => {
    if (!moving) return;
    let timer: NodeJS.Timeout;
    const next = (): void => {
      setFrame((frame) => frame + 1);
      timer = setTimeout(next, FRAME_MS);
    };
    timer = setTimeout(next, AFTER_MS);
    return () => {
      clearTimeout(timer);
      setFrame(0);
    };
  }, [moving]);
  return <Text>{moving ? FRAMES[frame % FRAMES.length] : " "}</Text>;
}

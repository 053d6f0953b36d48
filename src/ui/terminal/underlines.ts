/** Names of terminals with wavy underlines, as TERM and TERM_PROGRAM have them. */
const TERMS = /^(?:xterm-kitty|xterm-ghostty|foot|wezterm|alacritty|contour|mintty|rio)/;
const PROGRAMS = new Set(["iTerm.app", "WezTerm", "ghostty", "vscode", "mintty", "rio"]);
/** The first VTE with them is 0.51.2, the first Konsole 22.03.80. */
const OLDEST_VTE = 5102;
const OLDEST_KONSOLE = 220380;

/**
 * Whether the terminal has wavy underlines of a colour of their own (`CSI 4:3 m`, kitty's "Colored and styled
 * underlines"), from what the environment says. tmux knows the sequence since 3.0 and draws a plain underline where its
 * own terminal has no other. Unknown terminals get a plain one: some would show something else instead.
 */
export function hasWavyUnderline(env: Readonly<Record<string, string | undefined>>): boolean {
  const { TERM = "", TERM_PROGRAM = "", TERM_PROGRAM_VERSION = "" } = env;
  if (TERM_PROGRAM === "tmux") return Number.parseInt(TERM_PROGRAM_VERSION, 10) >= 3;
  if (/^(?:screen|tmux|linux|dumb)/.test(TERM)) return false;
  return (
    TERMS.test(TERM) ||
    PROGRAMS.has(TERM_PROGRAM) ||
    Number(env.VTE_VERSION) >= OLDEST_VTE ||
    Number(env.KONSOLE_VERSION) >= OLDEST_KONSOLE
  );
}

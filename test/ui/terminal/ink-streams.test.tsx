import { Box, render, Text } from "ink";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createCompositor } from "../../../src/ui/terminal/compositor.ts";
import { createTheme, inkStyle, pageSgr } from "../../../src/ui/theme.ts";
import { createScreen } from "../../pty/screen.ts";

// Ink's chalk decides about colours when it is loaded, and a test has no terminal.
vi.hoisted(() => {
  process.env.FORCE_COLOR = "3";
  process.env.COLORTERM = "truecolor";
});

const theme = createTheme("dark", 24);
const COLUMNS = 40;
const ROWS = 6;

function Panes({ status, dialog }: { status: string; dialog: boolean }) {
  return (
    <Box flexDirection="column" width={COLUMNS} height={ROWS}>
      <Text {...inkStyle(theme, "title")}>{"Story.md".padEnd(COLUMNS)}</Text>
      <Box height={4}>
        <Box width={24} height={4}>
          {dialog ? <Text>Question?</Text> : null}
        </Box>
        <Box
          width={16}
          height={4}
          flexDirection="column"
          borderStyle="single"
          borderTop={false}
          borderBottom={false}
        >
          <Text>temperature</Text>
          <Text>0.80</Text>
        </Box>
      </Box>
      <Text wrap="truncate">{status}</Text>
    </Box>
  );
}

describe("Ink through the compositor", () => {
  let unmount = () => {};
  afterEach(() => unmount());

  test("draws the panes, leaves the page to the compositor, and repaints only changed rows", async () => {
    const written: string[] = [];
    const compositor = createCompositor({
      output: { writableNeedDrain: false, write: (text) => written.push(text), on: () => {} },
      columns: COLUMNS,
      rows: ROWS,
      sgr: pageSgr(theme),
    });
    const screen = createScreen(COLUMNS, ROWS);
    const show = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const bytes = written.splice(0).join("");
      await screen.write(bytes);
      return bytes;
    };
    const rect = { x: 0, y: 1, width: 24, height: 4 } as const;
    const app = render(<Panes status="12 words" dialog={false} />, {
      stdout: compositor.inkOutput,
      stderr: compositor.inkOutput,
      stdin: compositor.inkInput,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    unmount = app.unmount;
    compositor.paint({ rect, rows: [[{ text: "The cat sat.", style: "text" }]], cursor: { x: 12, y: 1 } });
    await show();
    expect(screen.rows()).toEqual([
      "Story.md".padEnd(COLUMNS),
      "The cat sat.            │temperature   │",
      "                        │0.80          │",
      "                        │              │",
      "                        │              │",
      "12 words",
    ]);
    expect(screen.look(0, 0)).toMatchObject({ bold: true, background: "#24283b" });
    expect(screen.cursor()).toEqual({ x: 12, y: 1 });

    app.rerender(<Panes status="13 words" dialog={false} />);
    const status = await show();
    expect(screen.rows()[5]).toBe("13 words");
    expect(status).not.toContain("temperature");
    expect(status).not.toContain("cat");

    app.rerender(<Panes status="13 words" dialog={true} />);
    await show();
    expect(screen.rows()[1]).toBe("Question?               │temperature   │");
    app.rerender(<Panes status="13 words" dialog={false} />);
    await show();
    expect(screen.rows()[1]).toBe("The cat sat.            │temperature   │");
    expect(screen.cursor()).toEqual({ x: 12, y: 1 });
  });
});

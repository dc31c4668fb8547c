/**
 * The whole terminal, while somebody watches: alternate screen, no cursor, keys one by one. Lines are drawn in place, so nothing flickers. Left as
 * it was found, also when the process ends in another way.
 */
export interface Screen {
  size(): { readonly columns: number; readonly rows: number };
  enter(onKey: (key: string) => void, onResize: () => void): void;
  draw(lines: readonly string[]): void;
  leave(): void;
}

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const restOfLine = '\u001b[K';
const restOfScreen = '\u001b[J';

type Output = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off'> & { readonly columns?: number; readonly rows?: number };
type Input = Pick<NodeJS.ReadStream, 'on' | 'off' | 'resume' | 'pause' | 'setRawMode'>;

/** What a terminal sends for one key, and several keys that came at once. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const keys = /\u001b\[[0-9;]*[A-Za-z~]|\u001bO[A-Z]|[\s\S]/gu;

export function createScreen(output: Output, input: Input): Screen {
  let ended = (): void => undefined;
  return {
    // A terminal that does not know its size says 0.
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    enter: (onKey, onResize) => {
      const onData = (data: Buffer): void => {
        for (const key of data.toString('utf8').match(keys) ?? []) onKey(key);
      };
      const restore = (): void => void output.write(leave);
      output.write(enter);
      input.setRawMode(true);
      input.on('data', onData);
      input.resume();
      output.on('resize', onResize);
      process.once('exit', restore);
      ended = () => {
        ended = () => undefined;
        process.off('exit', restore);
        output.off('resize', onResize);
        input.off('data', onData);
        input.pause();
        input.setRawMode(false);
        restore();
      };
    },
    draw: (lines) => void output.write(home + lines.map((line) => line + restOfLine).join('\r\n') + restOfScreen),
    leave: () => ended(),
  };
}

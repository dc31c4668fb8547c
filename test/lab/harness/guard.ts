/**
 * A small process beside each lab. Its standard input is a pipe from the test process: when that one ends, in whatever way, even by
 * SIGKILL, the pipe closes and the guard removes the lab. It lives in its own session, so that Ctrl-C does not reach it.
 */
import { removeLab } from './leftovers.ts';

const id = process.argv[2] ?? '';
process.stdin.resume();
process.stdin.on('end', () => {
  removeLab(id).then(
    () => undefined,
    () => {
      // The next lab that starts tries again.
      process.exitCode = 1;
    },
  );
});

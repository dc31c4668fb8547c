/** nodemend-drill as its package has it. */
import { startDrill } from './start.ts';

process.exitCode = await startDrill(process.argv.slice(2), process.argv[1] ?? '', null);

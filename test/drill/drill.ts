/** `npm run drill -- ...`: the drill of a checkout, which has the lab among its targets. */
import { startDrill } from '../../src/drill/start.ts';
import { openLab } from './lab.ts';

process.exitCode = await startDrill(process.argv.slice(2), import.meta.filename, openLab);
// What was interrupted in its middle may still wait for something.
process.exit();

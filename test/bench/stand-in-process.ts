/** The stand-in for an API server as a program: writes its URL to the first file it is given, and how often a lease was renewed to the second. */
import { writeFileSync } from 'node:fs';
import { openStandIn } from '../adapters/kubernetes/stand-in.ts';

const [urlFile = '', countFile = ''] = process.argv.slice(2);
const standIn = await openStandIn();
let renewals = 0;
setInterval(() => {
  renewals += standIn.asked.splice(0).filter(({ line }) => line.startsWith('PUT')).length;
  writeFileSync(countFile, String(renewals));
}, 500);
writeFileSync(urlFile, standIn.url);

/** The catalogue can be drilled, is large enough, and takes back whatever it does. */
import t from 'tap';
import { catalogue, pairs } from '../../src/drill/catalogue/all.ts';
import { pairNames } from '../../src/drill/catalogue/pairs.ts';
import { categories, type Failure } from '../../src/drill/failure.ts';
import { describeStep } from '../../src/drill/induce.ts';
import { validate } from '../../src/drill/validate.ts';

const everything = [...catalogue, ...pairs];
const broken = ({ induce }: Failure): string => induce.map(describeStep).join('\n');
const healed = ({ heal }: Failure): string => heal.map((argv) => argv.join(' ')).join('\n');

t.test('it has no mistake', async (t) => {
  t.same(validate(everything), []);
});

t.test('it has at least 60 failures of all categories, and pairs', async (t) => {
  t.ok(catalogue.length >= 60, `${catalogue.length} failures`);
  for (const category of categories) t.ok(catalogue.filter((one) => one.category === category).length >= 5, category);
  t.equal(pairs.length, pairNames.length, 'every pair is of two that there are');
  t.ok(pairs.length >= 8);
});

t.test(
  'what is frozen is let go, what is masked unmasked, what runs stopped, what is written taken back',
  async (t) => {
    for (const failure of everything) {
      const [done, undone] = [broken(failure), healed(failure)];
      const pairsOfWords: readonly (readonly [RegExp, RegExp])[] = [
        [/(--signal=|-s )STOP/, /--signal=CONT|RebootsInstead/],
        [/systemctl mask/, /systemctl unmask/],
        [/systemctl disable/, /systemctl enable/],
        [/systemctl freeze/, /systemctl thaw/],
        [/systemctl stop/, /systemctl (re)?start/],
        [/nodemend pause/, /nodemend resume/],
        [/\/run\/systemd\/system\//, /rm -f \/run\/systemd\/system\//],
        [/\.drill/, /\.drill/],
        [/mount -t/, /umount/],
        [/^nft /m, /^nft delete/m],
        [/prlimit/, /restart/],
        [/--unit=nodemend-drill-/, /systemctl stop nodemend-drill-/],
      ];
      for (const [does, undoes] of pairsOfWords) {
        if (does.test(done) && !/reboot/.test(done)) t.match(undone, undoes, `${failure.name}: ${does}`);
      }
    }
  },
);

t.test('every mistake in a catalogue is told, each with its failure', async (t) => {
  const [good] = catalogue;
  if (good === undefined) throw new Error('the catalogue is empty');
  const bad: Failure = { ...good, name: 'Not Kebab', title: 'ends.', induce: [], expect: [], withinMs: 0 };
  t.same(validate([bad, good, good]), [
    'Not Kebab: its name is not kebab-case',
    'Not Kebab: its title is empty or ends with a full stop',
    'Not Kebab: nothing breaks',
    'Not Kebab: nothing is expected',
    "Not Kebab: nothing but nodemend's own word decides",
    'Not Kebab: its time is over before what it expects can be seen',
    `${good.name}: it is there twice`,
  ]);
});

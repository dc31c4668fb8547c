/** Damage to text and bytes, as arbitraries of fast-check: each change is data, so that a failure shrinks to few. */
import fc from 'fast-check';

const places = 1_000_000;

interface Change<Piece> {
  readonly kind: 'delete' | 'insert' | 'repeat' | 'cut' | 'move';
  /** In parts of a million of the length. */
  readonly at: number;
  readonly length: number;
  readonly piece: Piece;
}

const changes = <Piece>(piece: fc.Arbitrary<Piece>) =>
  fc.array(
    fc.record<Change<Piece>>({
      kind: fc.constantFrom('delete', 'insert', 'insert', 'repeat', 'cut', 'move'),
      at: fc.nat(places - 1),
      length: fc.integer({ min: 1, max: 30 }),
      piece,
    }),
    { minLength: 1, maxLength: 6 },
  );

interface Sliced<Whole> {
  readonly length: number;
  slice(from: number, to?: number): Whole;
}

function apply<Whole extends Sliced<Whole>>(
  whole: Whole,
  { kind, at, length, piece }: Change<Whole>,
  join: (...parts: Whole[]) => Whole,
): Whole {
  const from = Math.floor((at / places) * whole.length);
  const [before, part, after] = [whole.slice(0, from), whole.slice(from, from + length), whole.slice(from + length)];
  if (kind === 'delete') return join(before, after);
  if (kind === 'insert') return join(before, piece, part, after);
  if (kind === 'repeat') return join(before, part, part, after);
  if (kind === 'move') return join(part, before, after);
  return before;
}

/** One of the texts, damaged; `words` are what gets into it beside any characters. */
export function damagedText(texts: readonly string[], words: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 6 }));
  return fc
    .tuple(fc.constantFrom(...texts), changes(piece))
    .map(([text, all]) => all.reduce((whole, one) => apply(whole, one, (...parts) => parts.join('')), text));
}

/** Bytes with some of them turned over, put in, taken out or cut off. */
export function damageTo(most = 6): fc.Arbitrary<(bytes: Buffer) => Buffer> {
  const flip = fc.record({ at: fc.nat(places - 1), mask: fc.integer({ min: 1, max: 255 }) });
  const pieces = changes(fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes)));
  const turned = (bytes: Buffer, all: readonly { readonly at: number; readonly mask: number }[]): Buffer => {
    const copy = Buffer.from(bytes);
    for (const { at, mask } of all) {
      const place = Math.floor((at / places) * copy.length);
      if (place < copy.length) copy[place] = (copy[place] ?? 0) ^ mask;
    }
    return copy;
  };
  return fc.oneof(
    fc.array(flip, { minLength: 1, maxLength: most }).map((all) => (bytes: Buffer) => turned(bytes, all)),
    pieces.map(
      (all) => (bytes: Buffer) =>
        all.reduce<Buffer>((whole, one) => apply<Buffer>(whole, one, (...parts) => Buffer.concat(parts)), bytes),
    ),
  );
}

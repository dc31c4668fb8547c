/** From a path of keys to its place in the text of a YAML document. */
import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml';
import type { Problem } from './problem.ts';

export type Path = readonly PropertyKey[];
export type Place = Pick<Problem, 'line' | 'column'>;

export interface Locate {
  /** Where a byte of the text stands. */
  at(offset: number): Place;
  /** Where the value at a path stands; the nearest one above it when it is not there itself. */
  value(path: Path): Place;
  /** Where a key of the map at a path stands. */
  key(path: Path, key: string): Place;
}

export function createLocate(document: Document, lines: LineCounter): Locate {
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const nodeAt = (path: Path): unknown => (path.length === 0 ? document.contents : document.getIn(path, true));

  function value(path: Path): Place {
    const node = nodeAt(path);
    if (isNode(node) && node.range) return at(node.range[0]);
    return path.length === 0 ? { line: 1, column: 1 } : value(path.slice(0, -1));
  }

  return {
    at,
    value,
    key: (path, key) => {
      const node = nodeAt(path);
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      return isScalar(pair?.key) && pair.key.range ? at(pair.key.range[0]) : value(path);
    },
  };
}

/** Everything below a path, as if it were the top of a file of its own. */
export function below(locate: Locate, path: Path): Locate {
  return {
    at: locate.at,
    value: (inner) => locate.value([...path, ...inner]),
    key: (inner, key) => locate.key([...path, ...inner], key),
  };
}

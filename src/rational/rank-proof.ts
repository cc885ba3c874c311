import type { Matrix } from '../matrix/index.ts';
import { others } from '../matrix/indices.ts';
import { minorModulo, type MinorModulo } from './core.ts';
import { Integers } from './integers.ts';
import { relations } from './relations.ts';
import type { Fractions } from './solve-core.ts';
import type { Steps } from './steps.ts';
import { wordPrime } from './word-primes.ts';

/** What proves a rank over Q: a minor that is not 0 modulo a prime, and the lines outside it as combinations of those within. */
export interface RankProof extends MinorModulo {
  readonly prime: number;
  readonly entries: { readonly rows: number; readonly cols: number; readonly data: readonly bigint[] };
  /** Of the shorter side, `rows` if they are as many. */
  readonly side: 'rows' | 'columns';
  /**
   * y and d with Σ y·(line of the minor) + d·(line outside) = 0, rank numbers for each line outside, ascending; checked over Z. Null if the rank
   * is the number of lines.
   */
  readonly relations: Fractions | null;
}

/** Proves the rank of a matrix of integers: the first word prime modulo which the relations hold over Z. */
export function* rankProof(matrix: Matrix): Steps<RankProof> {
  const integers = Integers.of(matrix);
  const { rows, cols } = integers;
  const entries = { rows, cols, data: integers.entries() };
  const side = rows <= cols ? 'rows' : 'columns';
  const lines = side === 'rows' ? integers.transpose() : integers;
  for (let i = 0; ; i++) {
    const prime = wordPrime(i);
    const minor = yield* minorModulo(integers, prime);
    const found = { ...minor, prime, entries, side } as const;
    if (minor.rank === lines.cols) return { ...found, relations: null };
    const turned = side === 'rows' ? { rank: minor.rank, rows: minor.columns, columns: minor.rows } : minor;
    const free = others(turned.columns, lines.cols);
    const known = yield* relations(lines, turned, free, prime);
    if (known !== null) return { ...found, relations: known };
  }
}

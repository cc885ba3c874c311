/*
 * Ranks and rank profiles of many small matrices, random and structured, against a schoolbook elimination.
 *
 *     npm run check:rank -- [matrices, default 100000] [seed, default 1] [first, default 0]
 *
 * Matrix k of a seed depends on the seed and on k alone: `1 SEED K` repeats one. Each goes through the elimination of both builds, in
 * batches of rows, and through the public rankProfiles. Every disagreement is printed with its matrix; then the exit code is 1.
 */
import { ProgressLine } from '../../src/cli/progress.ts';
import { Echelon } from '../../src/kernel/echelon.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { rankProfiles } from '../../src/matrix/rank.ts';
import { generator } from '../kernel/matrices.ts';
import { families } from './families.ts';
import {
  bigintField,
  numberField,
  schoolbookProfiles,
  type Field,
  type Random,
  type Residue,
} from './field.ts';

/** Both ends of the range of each kernel; primes above 2³¹ are bigints. */
const primes: readonly Residue[] = [
  // i16
  2,
  3,
  4093,
  8179,
  8191,
  // words of two, three and six products
  8209,
  65521,
  65537,
  4194301,
  4194319,
  1073741789,
  2147483629,
  2147483647,
  // two words, of seven to eleven moduli
  2147483659n,
  2305843009213693951n,
  4611686018427387847n,
];
const builds = ['simd', 'scalar'] as const;
type Build = (typeof builds)[number];

interface Profiles {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

interface Case {
  readonly family: string;
  readonly prime: Residue;
  readonly cols: number;
  readonly matrix: Residue[][];
  readonly batches: number[];
  readonly expected: Profiles;
  /** The rank that the construction promises, where it does. */
  readonly promised: number | undefined;
}

/** Every kernel, once: a matrix finds the memory as the one before left it. */
const kernels = new Map(
  primes.flatMap((prime) =>
    builds.map((build): [string, Kernel<Residue>] => [`${prime} ${build}`, Kernel.create(prime, build)]),
  ),
);

/** Mostly tiny, now and then across the edges of 16, 32, 64 and 256 rows or columns. */
function side(most: number, random: Random): number {
  return random(20) === 0 ? most : random(most + 1);
}

function drawn(seed: number, index: number): Case {
  let mixed = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b9), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  const random = generator((mixed ^ (mixed >>> 16)) >>> 0);
  const prime = primes[random(primes.length)]!;
  const names = Object.keys(families);
  const family = names[random(names.length)]!;
  const kind = random(1000);
  const most = kind === 0 || (kind < 30 && family === 'extreme factors') ? 300 : kind < 30 ? 70 : 14;
  const [rows, cols] = [side(most, random), side(most, random)];
  const batches = random(2) === 0 ? [] : Array.from({ length: 1 + random(3) }, () => random(rows + 1));
  const made =
    typeof prime === 'number'
      ? over(numberField(prime, random), family, rows, cols, random)
      : over(bigintField(prime, random), family, rows, cols, random);
  return { family, prime, cols, batches, ...made };
}

function over<E extends Residue>(field: Field<E>, family: string, m: number, n: number, random: Random) {
  const { matrix, rank } = families[family]!(m, n, field, random);
  return { matrix, promised: rank, expected: schoolbookProfiles(matrix, field) };
}

/** The profiles from the elimination of one build, its rows in batches; the last one takes the rest. */
function eliminated({ prime, matrix, cols, batches }: Case, build: Build): Profiles {
  const kernel = kernels.get(`${prime} ${build}`)!;
  kernel.release(kernel.bottom);
  const echelon = new Echelon(kernel, cols);
  let start = 0;
  for (const size of [...batches, Infinity]) {
    const count = Math.min(size, matrix.length - start);
    const { at, rowStride } = echelon.openBatch(count);
    for (let i = 0; i < count; i++)
      kernel.write(at + i * rowStride * kernel.elementBytes, matrix[start + i]!);
    while (!echelon.step());
    start += count;
  }
  return { rows: ascending(echelon.pivotRows), columns: ascending(echelon.pivotColumns) };
}

function ascending(indices: readonly number[]): number[] {
  return [...indices].sort((a, b) => a - b);
}

function same(a: Profiles, b: Profiles): boolean {
  return String(a.rows) === String(b.rows) && String(a.columns) === String(b.columns);
}

/** What was found on each way, or why nothing was. */
function disagreements(drawn: Case): string[] {
  const { matrix, cols, prime, expected, promised } = drawn;
  const ways: [string, () => Profiles][] = [
    ...builds.map((build): [string, () => Profiles] => [build, () => eliminated(drawn, build)]),
    ['rankProfiles', () => rankProfiles({ rows: matrix.length, cols, data: matrix.flat() }, prime)],
  ];
  const found = ways.flatMap(([name, run]) => {
    try {
      const profiles = run();
      return same(profiles, expected) ? [] : [`${name}: ${inWords(profiles)}`];
    } catch (error) {
      return [`${name}: ${String(error)}`];
    }
  });
  if (promised !== undefined && promised !== expected.rows.length)
    found.push(`construction: rank ${promised}`);
  return found;
}

function inWords({ rows, columns }: Profiles): string {
  return `rank ${rows.length}, rows [${String(rows)}], columns [${String(columns)}]`;
}

function natural(argument: string | undefined, preset: number): number {
  const value = argument === undefined ? preset : Number(argument);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`expected a natural number, got ${argument}`);
  return value;
}

const count = natural(process.argv[2], 100_000);
const seed = natural(process.argv[3], 1);
const first = natural(process.argv[4], 0);

const progress = new ProgressLine(process.stderr);
const start = performance.now();
let agreed = 0;
const ranks = new Set<number>();
for (let index = first; index < first + count; index++) {
  const one = drawn(seed, index);
  const found = disagreements(one);
  ranks.add(one.expected.rows.length);
  if (found.length === 0) agreed++;
  else {
    progress.clear();
    const { family, prime, matrix, cols, batches, expected } = one;
    console.log(
      [
        `disagreement: seed ${seed}, matrix ${index} (again: npm run check:rank -- 1 ${seed} ${index})`,
        `  ${family}, ${matrix.length} x ${cols}, p = ${prime}, batches [${String(batches)}]`,
        `  expected: ${inWords(expected)}`,
        ...found.map((line) => `  ${line}`),
        `  [${matrix.map((row) => `[${row.join(',')}]`).join(',')}]`,
      ].join('\n'),
    );
  }
  progress.report({ phase: 'matrices', done: index - first + 1, total: count });
}
progress.clear();
const seconds = ((performance.now() - start) / 1000).toFixed(1);
console.log(
  `${agreed} agreements, ${count - agreed} disagreements; ${ranks.size} different ranks, ${primes.length} primes, seed ${seed}, ${seconds} s`,
);
process.exitCode = agreed === count ? 0 : 1;

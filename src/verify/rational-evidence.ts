import type { Pace } from '../pace.ts';
import { Breath } from './breath.ts';
import { Echelon } from './echelon.ts';
import { demand, Rejection } from './fault.ts';
import { statedInteger } from './fields.ts';
import { operationsPerEntry, operationsPerProduct } from './rank-limits.ts';
import { atPrime } from './residues.ts';
import type { StatedMatrix, StatedRank } from './rank-shape.ts';

/** The entries of a line of a matrix that are not 0, by their place. */
type Line = ReadonlyMap<number, bigint>;
/** The lines of a matrix that are not 0, by their index. */
type Lines = ReadonlyMap<number, Line>;

/**
 * Checks the evidence of a rank over Q: that every entry is an integer, that the minor has the stated determinant modulo the prime, and that the
 * other rows, or columns, are combinations, by multiplying them out over Z.
 */
export async function checkRationalEvidence(stated: StatedRank, pace: Pace): Promise<void> {
  const { matrix, lowerBound, upperBound } = stated;
  const rows = await integersOf(matrix, new Breath(pace, 'matrix', matrix.rows));
  await checkMinor(stated, rows, new Breath(pace, 'minor', lowerBound.rows.length));
  if (upperBound.method === 'shape') return;
  const breath = new Breath(pace, 'combinations', upperBound.coefficients.rows);
  const coefficients = await integersOf(upperBound.coefficients, breath);
  const byRows = upperBound.method === 'row-combinations';
  const lines = byRows ? rows : transposed(rows);
  const inside = byRows ? lowerBound.rows : lowerBound.columns;
  const count = byRows ? matrix.rows : matrix.cols;
  const isInside = new Set(inside);
  let t = 0;
  for (let line = 0; line < count; line++) {
    if (isInside.has(line)) continue;
    const sum = new Map<number, bigint>();
    const add = async (factor: bigint, index: number): Promise<void> => {
      const entries = lines.get(index) ?? new Map<number, bigint>();
      if (breath.due(entries.size * (operationsPerProduct + (factor.toString(16).length >> 4))))
        await breath.take();
      for (const [at, entry] of entries) sum.set(at, (sum.get(at) ?? 0n) + factor * entry);
    };
    for (const [n, factor] of coefficients.get(t) ?? []) await add(factor, inside[n]!);
    await add(-upperBound.multipliers![t]!, line);
    for (const [at, rest] of sum)
      demand(
        rest === 0n,
        'certificate.upperBound.coefficients',
        `a row ${t} that makes ${byRows ? 'row' : 'column'} ${line} of the matrix`,
        `another entry ${at}`,
      );
    t++;
    breath.done = t;
  }
}

async function checkMinor({ lowerBound, prime }: StatedRank, lines: Lines, breath: Breath): Promise<void> {
  const { rows, columns, determinant } = lowerBound;
  const path = 'certificate.lowerBound';
  await atPrime(prime, async (field) => {
    const { f } = field;
    const echelon = new Echelon(columns.length, f);
    for (const [n, i] of rows.entries()) {
      const row = f.zeros(columns.length);
      for (const [c, j] of columns.entries()) row[c] = field.integer(lines.get(i)?.get(j) ?? 0n);
      const isIndependent = await echelon.add(row, breath);
      if (!isIndependent)
        throw new Rejection(
          `${path}.rows[${n}]`,
          'a row independent of those before it, for a minor that is not 0',
          i,
        );
      breath.done++;
    }
    const found = String(echelon.determinant());
    demand(found === String(determinant), `${path}.determinant`, JSON.stringify(found), String(determinant));
  });
}

/** Reads a listed matrix of integers. */
async function integersOf({ path, cols, listed }: StatedMatrix, breath: Breath): Promise<Lines> {
  const lines = new Map<number, Line>();
  for (const { row, columns, values, index } of listed) {
    if (breath.due(values.length * operationsPerEntry)) await breath.take();
    const line = new Map<number, bigint>();
    let before = -1;
    for (const [n, value] of values.entries()) {
      const column = columns === null ? n : columns[n];
      const isNext = Number.isSafeInteger(column) && (column as number) > before && (column as number) < cols;
      demand(
        isNext,
        `${path}.sparse[${index}][1][${n}]`,
        `a column above ${before} and below ${cols}`,
        column,
      );
      before = column as number;
      const entry = statedInteger(value);
      const at = columns === null ? `${path}.dense[${index}][${n}]` : `${path}.sparse[${index}][2][${n}]`;
      const words = columns === null ? 'an integer' : 'an integer other than 0';
      demand(
        entry !== null && (columns === null || entry !== 0n),
        at,
        `${words} in decimal digits, 2^17 at most`,
        value,
      );
      if (entry !== 0n) line.set(before, entry);
    }
    lines.set(row, line);
  }
  return lines;
}

function transposed(rows: Lines): Lines {
  const columns = new Map<number, Map<number, bigint>>();
  for (const [i, row] of rows)
    for (const [j, entry] of row) {
      const column = columns.get(j) ?? new Map<number, bigint>();
      columns.set(j, column.set(i, entry));
    }
  return columns;
}

import { rangeFault } from '../assert.ts';
import { primeField } from '../field/any-prime.ts';
import { inverse } from '../matrix/index.ts';
import { Pace, type LongOperation } from '../pace.ts';
import type { Vector } from '../verify/arithmetic.ts';
import { Breath } from '../verify/breath.ts';
import { checkClaim, checkEvidence } from '../verify/claim.ts';
import { compile, type Compiled } from '../verify/compile.ts';
import { Rejection, type Fault } from '../verify/fault.ts';
import { demandBoundedWork, maxOperations } from '../verify/limits.ts';
import { namedInputs } from '../verify/named-inputs.ts';
import { readCertificate } from '../verify/read.ts';
import { atPrime } from '../verify/residues.ts';
import type { StatedMatrix, StatedRank } from '../verify/rank-shape.ts';
import type { StatedCertificate } from '../verify/shape.ts';
import { stepsOf, type Steps } from '../verify/steps.ts';
import { leanFile } from './lean.ts';
import { givenInput, scalarProgram } from './scalar-program.ts';
import { systems, type MinorScript } from './systems.ts';

/** The systems for which a script is written. */
export const exportSystems = ['sage', 'macaulay2', 'pari', 'magma', 'lean'] as const;
export type ExportSystem = (typeof exportSystems)[number];

/** The largest minor, or matrix, for Lean's kernel. */
const mostLeanOrder = 64;
/** The most assignments of a network, times the columns for which it is computed. */
const mostAssignments = 2 ** 24;

/**
 * A script for a computer algebra system that confirms what a certificate says of a lower bound: it computes the network with numbers a + b·e, e² = 0, at
 * the point of the certificate, one parameter moved by e after the other, and asserts that the named minor has full rank and the stated determinant. Of the
 * rank of a matrix it asserts the rank. For Lean it states that the minor has an inverse, which the kernel computes.
 *
 * What the seed draws is written out, and so are rotations. Nothing is verified here but what is needed to write it. Throws a `CertificateFormatError`
 * like `verify`, a `RangeError` for another system, for a certificate that is at fault, and for one that is too large for a script.
 *
 * @example writeFileSync('minor.gp', await exportCertificate(certificate, 'pari'))
 */
export async function exportCertificate(
  certificate: string | object,
  system: ExportSystem,
  options: LongOperation = {},
): Promise<string> {
  const result = await exported(certificate, system, options);
  if ('script' in result) return result.script;
  const { path, expected, got } = result.fault;
  throw new RangeError(`${path}: expected ${expected}, got ${got}`);
}

/** `exportCertificate`, where a fault of the certificate is a result. */
export async function exported(
  certificate: string | object,
  system: ExportSystem,
  options: LongOperation = {},
): Promise<{ readonly script: string } | { readonly fault: Fault }> {
  if (!exportSystems.includes(system)) throw rangeFault('system', exportSystems.join(', '), system);
  try {
    const stated = readCertificate(certificate);
    const script =
      stated.kind === 'rank'
        ? exportRank(stated.certificate, system)
        : await exportMinor(stated.certificate, system, new Pace(options));
    return { script };
  } catch (error) {
    if (error instanceof Rejection) return { fault: error.fault };
    throw error;
  }
}

async function exportMinor(stated: StatedCertificate, system: ExportSystem, pace: Pace): Promise<string> {
  const compiled = compile(stated.network);
  checkClaim(stated, compiled);
  const steps = stepsOf(compiled.program);
  checkEvidence(stated, compiled.program, steps);
  demandBoundedWork(stated, compiled, steps, false, maxOperations);
  const { lowerBound, claim, digest } = stated;
  if (claim.lower === 0)
    throw rangeFault('certificate.claim.lower', 'a lower bound above 0, which a minor shows', 0);
  const about = [
    `The lower bound of the dimcert certificate with the digest ${digest}:`,
    `a minor of order ${claim.lower} of the Jacobian of a network with ${claim.parameters} parameters, modulo ${lowerBound.prime}.`,
  ];
  return system === 'lean'
    ? leanOfMinor(stated, compiled, steps, about, pace)
    : scriptOfMinor(stated, compiled, steps, system, about, pace);
}

async function scriptOfMinor(
  stated: StatedCertificate,
  compiled: Compiled,
  steps: Steps,
  system: Exclude<ExportSystem, 'lean'>,
  about: readonly string[],
  pace: Pace,
): Promise<string> {
  const { program, output } = compiled;
  const { columns, prime, determinant, rows } = stated.lowerBound;
  const target = systems[system];
  let script: Omit<MinorScript, 'inputs'> | null = null;
  const inputs: MinorScript['inputs'][number][] = [];
  await atPrime(prime, async (field) => {
    const breath = new Breath(pace, 'export', rows.length);
    for await (const named of namedInputs(compiled, steps, stated, field, breath)) {
      script ??= {
        about: [...about, `Run it with: ${target.run}`],
        prime: String(prime),
        determinant: String(determinant),
        parameters: named.point.blocks.flatMap((block) => Array.from(block as ArrayLike<unknown>, String)),
        columns,
        ...scalarProgram(program, output, steps, named.values, target.places),
      };
      const size = script.assignments.length * columns.length;
      if (size > mostAssignments)
        throw rangeFault('certificate', `at most ${mostAssignments} assignments times columns`, size);
      inputs.push({ ...givenInput(program, steps, named), outputs: named.outputs });
    }
  });
  return target.minor({ ...script!, inputs });
}

async function leanOfMinor(
  stated: StatedCertificate,
  compiled: Compiled,
  steps: Steps,
  about: readonly string[],
  pace: Pace,
): Promise<string> {
  const { columns, prime, rows } = stated.lowerBound;
  demandLeanOrder(rows.length);
  const minor: string[][] = [];
  await atPrime(prime, async (field) => {
    const breath = new Breath(pace, 'export', rows.length);
    for await (const { tangents, outputs } of namedInputs(compiled, steps, stated, field, breath)) {
      const derivatives: Vector<unknown>[] = [];
      for (const column of columns)
        derivatives.push(Array.from((await tangents.by(column, compiled.output)) as ArrayLike<unknown>));
      for (const place of outputs) minor.push(derivatives.map((derivative) => String(derivative[place])));
    }
  });
  return leanFile({
    about,
    prime: String(prime),
    matrix: minor,
    inverseColumns: inverseColumns(minor, prime),
  });
}

function demandLeanOrder(order: number): void {
  if (order > mostLeanOrder || order === 0)
    throw rangeFault('certificate', `a minor of order 1 to ${mostLeanOrder} for Lean`, order);
}

/** The columns of the inverse; a `RangeError` for a singular matrix, and for a prime above 2⁶². */
function inverseColumns(matrix: readonly (readonly string[])[], prime: bigint): string[][] {
  const order = matrix.length;
  const field = primeField(prime);
  const found = inverse({ rows: order, cols: order, data: matrix.flat().map(BigInt) }, field.prime);
  if (found === null) throw rangeFault('certificate.lowerBound', 'a minor that is not 0', '0');
  return Array.from({ length: order }, (_, j) =>
    Array.from({ length: order }, (__, i) => String(found.data[i * order + j])),
  );
}

function exportRank(stated: StatedRank, system: ExportSystem): string {
  const { matrix, isRational, prime, claim, digest, lowerBound } = stated;
  const size = matrix.rows * matrix.cols;
  if (size > mostAssignments)
    throw rangeFault('certificate.matrix', `at most ${mostAssignments} entries`, size);
  const entries = entriesOf(matrix);
  const field = isRational ? 'over Q' : `modulo ${prime}`;
  const about = [
    `The dimcert certificate with the digest ${digest}:`,
    `the rank ${field} of a ${matrix.rows} x ${matrix.cols} matrix is ${claim.lower}.`,
  ];
  if (system !== 'lean')
    return systems[system].matrix({
      about: [...about, `Run it with: ${systems[system].run}`],
      prime: isRational ? null : String(prime),
      rows: matrix.rows,
      cols: matrix.cols,
      entries,
      rank: claim.lower,
    });
  demandLeanOrder(claim.lower);
  const modulo = (entry: string): string => String(((BigInt(entry) % prime) + prime) % prime);
  const minor = lowerBound.rows.map((i) => lowerBound.columns.map((j) => modulo(entries[i]![j]!)));
  return leanFile({
    about,
    prime: String(prime),
    matrix: minor,
    inverseColumns: inverseColumns(minor, prime),
  });
}

/** All entries of a listed matrix, in decimal digits. */
function entriesOf({ rows, cols, listed, path }: StatedMatrix): string[][] {
  const entries = Array.from({ length: rows }, () => Array<string>(cols).fill('0'));
  for (const { row, columns, values } of listed)
    for (const [n, value] of values.entries()) {
      if (typeof value !== 'string' || !/^-?[0-9]+$/.test(value))
        throw rangeFault(path, 'entries in decimal digits', value);
      const column = columns === null ? n : Number(columns[n]);
      if (!(column < cols)) throw rangeFault(path, `columns below ${cols}`, column);
      entries[row]![column] = value;
    }
  return entries;
}

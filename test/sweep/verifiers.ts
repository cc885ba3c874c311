/*
 * Whether the three verifiers agree: the package, verify/verify.mjs and verify/verify.py.
 *
 *     npm run check:verifiers -- [changes, default 10000] [networks, default 200] [seed, default 1]
 *
 * On random networks of every kind of layer, whose certificates all must accept; and on random single changes of the certificates of test/vectors.
 * With the old digest all must reject them. With a new one a change may be as true as what it changed: then what is accepted is computed anew, by
 * `certify` at another point, or by the rank of the matrix, and must be true. A stand-alone verifier may leave open what the package decides: the
 * symmetries of an upper bound, and the error probability of a probable one.
 */
import fc from 'fast-check';
import { certify, certifyRank } from '../../src/certificate/index.ts';
import { rank } from '../../src/matrix/index.ts';
import { parseNetwork } from '../../src/network/index.ts';
import { rankOverQ } from '../../src/rational/index.ts';
import { anyNetwork } from '../network/any-network.ts';
import { python, verifyInPython } from '../stand-alone/python.ts';
import { ofPackage, ofStandAlone, type Verdict } from '../stand-alone/verdicts.ts';
import { corpus, sealed, textOf } from '../vectors/corpus.ts';
import type { Loose } from '../verify/json-type.ts';
import { generator } from '../verify/rank-matrices.ts';
import { mutant } from './mutants.ts';

const [changes = 10_000, networks = 200, seed = 1] = process.argv.slice(2).map(Number);
const batch = 250;
let faults = 0;
let opened = 0;

function fault(what: string, text: string, verdicts: readonly Verdict[]): void {
  faults++;
  console.log(`FAULT: ${what}`);
  for (const { code, words } of verdicts) console.log(`  ${code} ${words.slice(0, 300)}`);
  console.log(`  ${text.slice(0, 2000)}`);
}

/** The verdicts of all verifiers on each text. */
async function verdictsOn(texts: readonly string[], quick = false): Promise<Verdict[][]> {
  const inPython = python ? verifyInPython(texts.map((text) => [text, quick])) : [];
  const all: Verdict[][] = [];
  for (const [n, text] of texts.entries()) {
    const started = performance.now();
    const found = [await ofPackage(text, quick), ofStandAlone(text, quick)];
    const seconds = (performance.now() - started) / 1000;
    if (seconds > 20) fault(`took ${seconds.toFixed(0)} s`, text, found);
    all.push(inPython[n] ? [...found, inPython[n]] : found);
  }
  return all;
}

/** What the package decides and the others leave open. */
const isLeftOpen = ([ours, ...others]: readonly Verdict[]): boolean =>
  ours!.code === 1 &&
  others.every(
    ({ code, words }) => code === 0 && words.includes(ours!.words.includes('errorProbability') ? '' : 'open'),
  ) &&
  /^certificate\.(upperBound\.rank|probableUpperBound\.errorProbability):/.test(ours!.words);

const agree = (verdicts: readonly Verdict[]): boolean =>
  verdicts.every(({ code }) => code === verdicts[0]!.code);

const dimensions = new Map<string, Promise<{ lower: number; upper: number }>>();

/** Whether a claim is true, by a computation that does not look at the evidence. */
async function isTrue(certificate: Loose): Promise<boolean> {
  const { claim, matrix } = certificate;
  if (certificate.kind === 'rank') {
    const listed: bigint[][] = Array.from({ length: matrix.rows }, () => Array<bigint>(matrix.cols).fill(0n));
    const put = (i: number, j: number, entry: string): void => void (listed[i]![j] = BigInt(entry));
    if (matrix.dense)
      matrix.dense.forEach((row: string[], i: number) => row.forEach((entry, j) => put(i, j, entry)));
    else
      for (const [i, columns, values] of matrix.sparse)
        columns.forEach((j: number, n: number) => put(i, j, values[n]));
    const entries = { rows: matrix.rows, cols: matrix.cols, data: listed.flat() };
    const p = certificate.prime;
    if (p === '2') return (await certifyRank(entries, p)).rank === claim.lower;
    return (p === undefined ? rankOverQ(entries) : rank(entries, BigInt(p))) === claim.lower;
  }
  const key = textOf(certificate.network);
  if (!dimensions.has(key))
    dimensions.set(
      key,
      certify(parseNetwork(certificate.network), { seed: '77', prime: '67108859' }).then(
        ({ dimension }) => dimension,
      ),
    );
  const known = await dimensions.get(key)!;
  return claim.lower <= known.upper && claim.upper >= known.lower;
}

async function checkNetworks(): Promise<number> {
  const texts: string[] = [];
  const samples = fc.sample(anyNetwork({ layers: 4, width: 5, tokens: 3 }), { seed, numRuns: 2 * networks });
  for (const [n, network] of samples.entries()) {
    if (texts.length === networks) break;
    try {
      texts.push(textOf((await certify(network, { witness: n % 2 === 0 })).certificate));
    } catch (error) {
      // A network whose exponentials or roots depend on one another.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  const witnessed = texts.filter((text) => text.includes('"witness"'));
  for (const [quick, each] of [
    [false, texts],
    [true, witnessed],
  ] as const)
    for (const [n, verdicts] of (await verdictsOn(each, quick)).entries())
      if (verdicts.some(({ code }) => code !== 0)) fault('a certificate is not accepted', each[n]!, verdicts);
  return texts.length;
}

async function checkChanges(): Promise<{ accepted: number }> {
  const random = generator(seed);
  const next = (below: number): number => random() % below;
  const originals = (await corpus()).valid.map(({ text }) => JSON.parse(text) as Loose);
  let accepted = 0;
  for (let done = 0; done < changes; done += batch) {
    const made = Array.from({ length: Math.min(batch, changes - done) }, () =>
      mutant(originals[next(originals.length)], next),
    );
    const old = made.map(({ copy }) => textOf(copy));
    for (const [n, verdicts] of (await verdictsOn(old)).entries())
      if (!agree(verdicts) || verdicts[0]!.code === 0)
        fault(`with the old digest: ${made[n]!.change}`, old[n]!, verdicts);
    const renewed = made.map(({ copy }) => textOf(sealed(copy)));
    for (const [n, verdicts] of (await verdictsOn(renewed)).entries()) {
      const { copy, change } = made[n]!;
      if (isLeftOpen(verdicts)) opened++;
      else if (!agree(verdicts)) fault(`with a new digest: ${change}`, renewed[n]!, verdicts);
      if (verdicts.every(({ code }) => code !== 0)) continue;
      accepted++;
      if (!(await isTrue(copy))) fault(`accepted, but not true: ${change}`, renewed[n]!, verdicts);
    }
    process.stderr.write(
      `\r${done + made.length} changes, ${accepted} as true as before, ${opened} left open, ${faults} faults `,
    );
  }
  return { accepted };
}

if (!python) console.log('no Python: verify.py is not run');
const certified = await checkNetworks();
console.log(`${certified} random networks: certificates accepted by ${python ? 'three' : 'two'} verifiers`);
const { accepted } = await checkChanges();
console.log(
  `\n${changes} changes: all rejected with the old digest; with a new one ${accepted} accepted and true, of which a stand-alone verifier left ${opened} open`,
);
console.log(faults === 0 ? 'no faults' : `${faults} FAULTS`);
process.exitCode = faults === 0 ? 0 : 1;

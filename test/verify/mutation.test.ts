import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { CertificateFormatError, verify } from '../../src/verify/index.ts';
import type { Loose } from './json-type.ts';
import { lightning, samples, softmax, stack } from './networks.ts';
import { produce, sealed } from './produce.ts';
import { argumentCount, argumentsIndependent, namedDeterminant } from './reference.ts';

const networks = [
  stack(2, 2, lightning(1, 2)),
  stack(2, 2, softmax(1, 2)),
  stack(1, 3, softmax(1, 2), softmax(1, 1)),
  stack(2, 3, softmax(1, 2, { causal: true }), lightning(1, 2, { valueDim: 1 })),
];
let originals: Loose[];

beforeAll(async () => {
  originals = await Promise.all([
    ...networks.map((network) => produce(network)),
    produce(networks[1]!, '5'),
    produce(networks[0]!, '67108879'),
  ]);
});

/** Every place of a value, as the keys that lead to it. */
function places(value: Loose, keys: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return [...(keys.length > 0 ? [keys] : []), ...inner.flatMap((key) => places(value[key], [...keys, key]))];
}

const at = (value: Loose, keys: readonly (string | number)[]): Loose =>
  keys.reduce((inner, key) => inner[key], value);

/** A copy of a list after `splice`. */
function spliced(list: readonly Loose[], ...args: [number, number, ...Loose[]]): Loose[] {
  const copy = list.slice();
  copy.splice(...args);
  return copy;
}

/** One step away from what was there, or something else altogether. */
const mutants = (value: Loose): fc.Arbitrary<Loose> => {
  const other = fc.constantFrom<Loose[]>(
    null,
    true,
    false,
    0,
    1,
    -1,
    2,
    1e9,
    0.5,
    '',
    '0',
    '1',
    '2',
    '3',
    '7',
    '4093',
    'x',
    [],
    [0],
    {},
  );
  if (typeof value === 'number')
    return fc.oneof(
      fc.integer({ min: -3, max: 12 }).map((step) => value + step),
      other,
    );
  if (typeof value === 'string' && /^[0-9]+$/.test(value) && value.length < 30)
    return fc.oneof(
      fc.integer({ min: -6, max: 20 }).map((step) => String(BigInt(value) + BigInt(step))),
      other,
    );
  if (Array.isArray(value) && value.length > 0)
    return fc.oneof(
      fc.nat(value.length - 1).map((i) => spliced(value, i, 1)),
      fc.nat(value.length - 1).map((i) => spliced(value, i, 0, value[i])),
      fc.nat(value.length - 1).map((i) =>
        spliced(
          value,
          i,
          2,
          ...value
            .slice(i, i + 2)
            .slice()
            .reverse(),
        ),
      ),
      fc.constant([...value, value.at(-1) + 1]),
      other,
    );
  return other;
};

/** Whether all that the mutant claims is true, by the reference. */
async function isTrue(certificate: Loose): Promise<boolean> {
  const { network, claim, lowerBound, independence, upperBound } = certificate;
  const clean = await produce(network, '67108879', '77');
  const determinant = await namedDeterminant(certificate);
  const { prime, point, inputs } = independence ?? {};
  const needed = argumentCount(network) > 0;
  return (
    JSON.stringify(upperBound) === JSON.stringify(clean.upperBound) &&
    claim.parameters === clean.claim.parameters &&
    claim.upper === clean.claim.upper &&
    claim.exact === (claim.lower === claim.upper) &&
    claim.lower === lowerBound.rows.length &&
    claim.lower <= clean.claim.lower &&
    determinant !== null &&
    determinant > 0n &&
    String(determinant) === lowerBound.determinant &&
    (independence !== undefined) === needed &&
    (!needed || (await argumentsIndependent(network, point.seed, BigInt(prime), inputs)))
  );
}

test('a certificate with one mutation and its own digest is rejected, or independently true', async () => {
  let accepted = 0;
  const mutation = fc.tuple(fc.nat(5), fc.nat(10_000)).chain(([which, place]) => {
    const original = originals[which]!;
    const all = places(original);
    const keys = all[place % all.length]!;
    return fc.record({
      original: fc.constant(original),
      keys: fc.constant(keys),
      to: fc.oneof(
        { weight: 5, arbitrary: mutants(at(original, keys)) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
    });
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ original, keys, to }) => {
      const mutant = structuredClone(original);
      const parent = at(mutant, keys.slice(0, -1));
      if (to === undefined && !Array.isArray(parent)) delete parent[keys.at(-1)!];
      else parent[keys.at(-1)!] = to;
      const certificate = JSON.parse(JSON.stringify(keys[0] === 'digest' ? mutant : await sealed(mutant)));
      const unchanged = JSON.stringify(certificate) === JSON.stringify(original);
      const verdict = await verify(certificate).catch((error: unknown) => {
        expect(error).toBeInstanceOf(CertificateFormatError);
        expect(['format', 'version']).toContain(keys[0]);
        return null;
      });
      if (!verdict?.accepted) return void expect(unchanged).toBe(false);
      accepted++;
      expect(await isTrue(certificate)).toBe(true);
      expect(verdict.dimension).toEqual({
        lower: certificate.claim.lower,
        upper: certificate.claim.upper,
        exact: certificate.claim.exact,
      });
    }),
    { numRuns: 600, seed: 20251 },
  );
  // Otherwise the second half has tested nothing.
  expect(accepted).toBeGreaterThan(0);
});

test('what is true in another way is accepted: another seed, prime, row or column with its own determinant', async () => {
  const [, network] = samples[8]!;
  const original = await produce(network);
  const { rows, columns } = original.lowerBound as { rows: number[]; columns: number[] };
  let accepted = 0;
  for (let step = 1; step < 12; step++)
    for (const change of [
      { point: { seed: String(step) } },
      {
        prime: [
          '3',
          '5',
          '7',
          '11',
          '13',
          '101',
          '1009',
          '67108879',
          '4294967311',
          '9007199254740997',
          '18446744073709551557',
        ][step - 1],
      },
      { rows: [...rows.slice(0, -1), rows.at(-1)! + step] },
      { columns: [...columns.slice(0, -1), columns.at(-1)! + step] },
    ]) {
      const changed = { ...original, lowerBound: { ...original.lowerBound, ...change } };
      if (changed.lowerBound.columns.at(-1) >= original.claim.parameters) continue;
      const determinant = await namedDeterminant(changed);
      changed.lowerBound.determinant = String(determinant ?? 1n);
      const verdict = await verify(await sealed(changed));
      expect(verdict.accepted).toBe(determinant !== null && determinant !== 0n);
      if (verdict.accepted) accepted++;
    }
  expect(accepted).toBeGreaterThan(10);
});

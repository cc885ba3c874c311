import {
  canonicalJson,
  certify,
  certifyRank,
  certifyRankOverQ,
  type Certificate,
  type RankCertificate,
} from '../../src/certificate/index.ts';
import { attentionStack, network, type Layer } from '../../src/network/index.ts';
import { sha256Hex } from '../../src/sha256.ts';
import { everyKind } from '../verify/every-kind.ts';
import type { Loose } from '../verify/json-type.ts';
import type { Stack } from '../verify/networks.ts';
import { produce } from '../verify/produce.ts';
import { matrixOfRank } from '../verify/rank-matrices.ts';
import { rejections } from './rejections.ts';

/** A certificate that every verifier must accept. */
export interface Valid {
  readonly name: string;
  /** What it shows. */
  readonly shows: string;
  readonly text: string;
}

/** A text that every verifier must reject: with exit code 1, or 2 where it is no certificate of version 1. */
export interface Invalid {
  readonly name: string;
  readonly reason: string;
  readonly exitCode: 1 | 2;
  readonly text: string;
}

export const textOf = (certificate: object): string => `${canonicalJson(certificate)}\n`;

/** A copy with the digest that belongs to it. */
export function sealed(certificate: Loose): Loose {
  const { digest: _, ...body } = certificate;
  return { ...body, digest: sha256Hex(canonicalJson(body)) };
}

const slug = (words: string): string => words.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase();

const stack = (dims: number[], headDims: number[], sequenceLength: number, more: object = {}) =>
  attentionStack({ dims, headDims, sequenceLength, normalization: 'none', ...more });

const layers = (inputDim: number, sequenceLength: number, ...kinds: object[]) =>
  network({ inputDim, sequenceLength, layers: kinds as Layer[] });

/** Networks beside those of every kind, with options of `certify`. */
const stacks: readonly (readonly [shows: string, network: object, options?: object])[] = [
  ['one lightning layer', stack([3, 3], [2], 2)],
  ['lightning with a layer of head dimension 1', stack([3, 3, 3], [1, 2], 3)],
  ['lightning with a causal mask', stack([3, 2, 2], [1, 2], 2, { causal: true })],
  ['lightning, one token', stack([5, 4, 1], [1, 1], 1)],
  ['lightning, a bottleneck', stack([5, 4, 1, 4], [1, 1, 1], 2)],
  ['softmax', stack([3, 3, 3], [2, 2], 2, { normalization: 'softmax' })],
  ['softmax, one token', stack([3, 3], [2], 1, { normalization: 'softmax' })],
  ['softmax with a width of 1', stack([4, 1, 1, 3], [2, 1, 1], 2, { normalization: 'softmax' })],
  ['a factored value map', stack([4, 4, 3], [2, 1], 2, { valueDims: [2, null] })],
  ['a prime of 26 bits', stack([3, 2], [2], 2), { prime: '67108859' }],
  ['a prime of 31 bits', stack([3, 2], [2], 2), { prime: '2147483647' }],
  ['a smaller prime, with retries', stack([3, 3, 3], [2, 2], 2), { prime: '5' }],
  ['another seed', stack([3, 3], [2], 2), { seed: '340282366920938463463374607431768211455' }],
  ['a witness', stack([3, 3, 3], [2, 2], 3), { witness: true }],
  ['a witness, softmax', stack([3, 3], [2], 2, { normalization: 'softmax' }), { witness: true }],
  ['a witness modulo a prime of 31 bits', stack([2, 2], [1], 2), { witness: true, prime: '2147483647' }],
  [
    'a witness, norms and gates',
    layers(
      3,
      2,
      {
        kind: 'residual',
        layers: [{ kind: 'rmsnorm' }, { kind: 'attention', normalization: 'softmax', headDim: 1 }],
      },
      { kind: 'residual', layers: [{ kind: 'rmsnorm' }, { kind: 'gated', function: 'silu', hiddenDim: 2 }] },
    ),
    { witness: true },
  ],
  [
    'polynomial maps of one degree',
    layers(
      2,
      1,
      { kind: 'linear', outputDim: 6 },
      { kind: 'power', exponent: 2 },
      { kind: 'linear', outputDim: 1 },
    ),
  ],
  [
    'polynomial maps of several degrees, and positions',
    layers(
      1,
      2,
      { kind: 'positions' },
      { kind: 'linear', outputDim: 6, bias: true },
      { kind: 'power', exponent: 3 },
      { kind: 'linear', outputDim: 1, bias: true },
    ),
  ],
  [
    'an interval with a probable upper bound',
    layers(
      2,
      2,
      { kind: 'attention', normalization: 'softmax', numHeads: 2, headDim: 2, outputDim: 4 },
      { kind: 'attention', normalization: 'softmax', headDim: 4, outputDim: 1 },
    ),
  ],
];

const softmax = { normalization: 'softmax' };
const big = 2n ** 70n;

/** Matrices with the prime of their field, or null for Q. */
const matrices: readonly (readonly [shows: string, matrix: Loose, prime: number | bigint | null])[] = [
  ['no rows', { rows: 0, cols: 3, data: [] }, 7],
  ['no entries that are not 0', { rows: 2, cols: 3, data: [0, 0, 0, 0, 0, 0] }, 7],
  ['modulo 2', matrixOfRank(5, 6, 3, 2), 2],
  ['combinations of rows', matrixOfRank(5, 6, 3, 4093), 4093],
  ['combinations of columns', matrixOfRank(6, 5, 3, 4093), 4093],
  ['full rank', matrixOfRank(4, 5, 4, 4093), 4093],
  ['sparse', matrixOfRank(12, 9, 4, 8191, 'sparse'), 8191],
  ['entries near p − 1', matrixOfRank(5, 5, 2, 67108859, 'extreme'), 67108859],
  ['a prime of 31 bits', matrixOfRank(4, 5, 2, 2147483647), 2147483647],
  ['a prime of 62 bits', matrixOfRank(4, 4, 2, 4611686018427387847n), 4611686018427387847n],
  ['over Q, combinations of rows', { rows: 3, cols: 3, data: [2, -1, 0, 3, 0, 5, 13, -2, 15] }, null],
  ['over Q, combinations of columns', { rows: 3, cols: 2, data: [7, 14, -1, -2, 3, 6] }, null],
  ['over Q, full rank', { rows: 2, cols: 2, data: [2, 1, -1, 2] }, null],
  ['over Q, rank 0', { rows: 1, cols: 2, data: [0, 0] }, null],
  ['over Q, singular modulo the first prime', { rows: 2, cols: 2, data: [2147483647, 0, 0, 1] }, null],
  [
    'over Q, long entries',
    { rows: 2, cols: 3, data: [big, -big, 3n * big, 2n * big + 2n, -2n * big - 2n, 6n * big + 6n] },
    null,
  ],
  ['over Q, a multiplier', { rows: 2, cols: 3, data: [4, 8, 12, 6, 12, 18] }, null],
];

async function certificates(): Promise<Map<string, Certificate | RankCertificate>> {
  const found = new Map<string, Certificate | RankCertificate>();
  for (const [shows, net, options] of stacks) {
    const { certificate } = await certify(net as never, options);
    found.set(shows, certificate);
  }
  const large = ['4611686018427387847', '18446744073709551557'];
  for (const prime of large)
    found.set(`the prime ${prime}`, await produce(stack([2, 2], [1], 2, softmax) as Stack, prime));
  for (const [shows, net] of everyKind) {
    const { certificate } = await certify(net);
    found.set(`every kind: ${shows}`, certificate);
  }
  for (const [shows, matrix, prime] of matrices) {
    const { certificate } = await (prime === null ? certifyRankOverQ(matrix) : certifyRank(matrix, prime));
    found.set(`rank: ${shows}`, certificate);
  }
  return found;
}

/** All vectors, the same bytes every time. */
export async function corpus(): Promise<{
  readonly valid: readonly Valid[];
  readonly invalid: readonly Invalid[];
}> {
  const originals = await certificates();
  const valid = Array.from(originals, ([shows, certificate]) => ({
    name: slug(shows),
    shows,
    text: textOf(certificate),
  }));
  const invalid = rejections.map(
    ({ of, reason, exitCode = 1, change, changeText, keepDigest = false }): Invalid => {
      const original = originals.get(of);
      if (original === undefined) throw new Error(`no certificate shows ${of}`);
      let copy: Loose = structuredClone(original);
      if (change) copy = change(copy) ?? copy;
      const text = textOf(keepDigest ? copy : sealed(copy));
      return { name: slug(reason), reason, exitCode, text: changeText ? changeText(text) : text };
    },
  );
  return { valid, invalid };
}

/*
 * `verify` with a witness alone (`quick`), and as a proof, against `certify`; what a certificate weighs; and what the stand-alone verifier takes.
 *
 *     npm run bench:verify -- [rounds, default 5] [name, default all: lightning, softmax, …]
 *
 * Everything runs once before, so that neither start-up nor tier-up is in the ratio; in every round `certify` and both checks run, one after the other. Milliseconds are
 * medians over the rounds, `quick / certify` is the median of the ratios within the rounds. kB are 1000 bytes of the file. The stand-alone verifier,
 * verify/verify.mjs, runs once, in this process. Proofs of dimensions above 2000 are left out: they take minutes.
 */
import { certify, serializeCertificate } from '../src/certificate/index.ts';
import { ProgressLine } from '../src/cli/progress.ts';
import { attentionStack, parseNetwork } from '../src/network/index.ts';
import { verify } from '../src/verify/index.ts';
import { verify as verifyAlone } from '../verify/verify.mjs';
import { median } from './measure.ts';
import { Table } from './table.ts';

const block = (width: number, heads: number, hiddenDim: number) =>
  parseNetwork({
    format: 'dimcert-network',
    version: 1,
    inputDim: width,
    sequenceLength: 4,
    layers: [
      {
        kind: 'residual',
        layers: [
          { kind: 'rmsnorm' },
          {
            kind: 'attention',
            normalization: 'softmax',
            numHeads: heads,
            headDim: width / heads,
            valueDim: width / heads,
            causal: true,
            rotary: { base: 10000 },
          },
        ],
      },
      { kind: 'residual', layers: [{ kind: 'rmsnorm' }, { kind: 'gated', function: 'silu', hiddenDim }] },
    ],
  });

const tall = { dims: [40, 40, 40, 40], headDims: [12, 12, 12], sequenceLength: 4 };
const cases = [
  {
    name: 'stack of dimension 999',
    net: attentionStack({
      dims: [20, 20, 20],
      headDims: [10, 10],
      sequenceLength: 4,
      normalization: 'softmax',
    }),
  },
  { name: 'block', net: block(12, 3, 18) },
  { name: 'lightning', net: attentionStack({ ...tall, normalization: 'none' }) },
  { name: 'softmax', net: attentionStack({ ...tall, normalization: 'softmax' }) },
  {
    name: 'large lightning',
    net: attentionStack({
      dims: [48, 48, 48, 48],
      headDims: [14, 14, 14],
      sequenceLength: 4,
      normalization: 'none',
    }),
  },
];
const rounds = Number(process.argv[2] ?? 5);
const wanted = process.argv[3];

const progress = new ProgressLine(process.stderr);
const table = new Table([
  ['network', 22],
  ['dimension', -9],
  ['kB', -6],
  ['kB, witness', -11],
  ['certify ms', -10],
  ['quick ms', -8],
  ['quick / certify', -15],
  ['proof ms', -8],
  ['alone ms', -8],
]);
for (const { name, net } of cases) {
  if (wanted !== undefined && name !== wanted) continue;
  const bare = await certify(net);
  const { certificate } = await certify(net, { witness: true });
  const text = serializeCertificate(certificate);
  const isSmall = certificate.claim.lower < 2000;
  const times: [certify: number, quick: number, proof: number][] = [];
  for (let round = -1; round < rounds; round++) {
    progress.report({ phase: name, done: round + 1, total: rounds + 1 });
    const at: number[] = [performance.now()];
    await certify(net);
    at.push(performance.now());
    const quick = await verify(text, { quick: true });
    at.push(performance.now());
    const proof = isSmall ? await verify(text) : quick;
    at.push(performance.now());
    if (!quick.accepted || !proof.accepted) throw new Error(`${name}: a certificate is not accepted`);
    if (round >= 0) times.push([at[1]! - at[0]!, at[2]! - at[1]!, at[3]! - at[2]!]);
  }
  const start = performance.now();
  const alone = isSmall ? verifyAlone(text) : null;
  const aloneMs = performance.now() - start;
  progress.clear();
  table.row([
    name,
    String(certificate.claim.lower),
    (serializeCertificate(bare.certificate).length / 1000).toFixed(1),
    (text.length / 1000).toFixed(1),
    median(times.map(([all]) => all)).toFixed(0),
    median(times.map(([, quick]) => quick)).toFixed(0),
    median(times.map(([all, quick]) => quick / all)).toFixed(3),
    isSmall ? median(times.map(([, , proof]) => proof)).toFixed(0) : '-',
    alone ? aloneMs.toFixed(0) : '-',
  ]);
}

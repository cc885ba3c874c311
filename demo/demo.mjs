// The main job on real input: certified dimensions of the networks of Figure 3 of Henry, Marchetti, Kohn
// (arXiv 2408.17221), of their lightning counterparts, and of the network of depth 3 for which double precision gives
// a wrong rank (Konda, arXiv 2610.09620).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { attentionStack, certify, dimension, serializeCertificate, verify } from 'dimcert';
import { float64Rank } from './float64-rank.mjs';

const folder = new URL('../demo-certificates/', import.meta.url);
const folderName = 'demo-certificates/';

const figure3 = (normalization) =>
  [3, 4, 5, 6, 7, 8, 9, 10].map((d) => ({
    name: `${normalization === 'softmax' ? 'softmax' : 'lightning'}-l2-t3-d${d}-a2`,
    d,
    network: attentionStack({ dims: [d, d, d], headDims: [2, 2], sequenceLength: 3, normalization }),
  }));

const deep = attentionStack({
  dims: [4, 4, 4, 4],
  headDims: [2, 2, 2],
  sequenceLength: 4,
  normalization: 'softmax',
});

const families = [
  {
    title: 'Softmax attention, 2 layers, 3 tokens, head dimension 2 (Figure 3)',
    members: figure3('softmax'),
  },
  { title: 'The same with lightning attention', members: figure3('none') },
  {
    title: 'Softmax attention, 3 layers, 4 tokens, head dimension 2',
    members: [{ name: 'softmax-l3-t4-d4-a2', d: 4, network: deep }],
  },
];

/** Shows what happens, on terminals; an empty text erases it. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}\x1b[K`);
}

const widths = [3, 12, 13, 13, 7, 9];
const line = (...cells) => console.log(cells.map((cell, i) => String(cell).padStart(widths[i])).join(''));
const milliseconds = (time) => time.toFixed(1);
const header = ['d', 'parameters', 'closed form', 'lower bound', 'exact', 'ms'];

await mkdir(folder, { recursive: true });
const written = [];
let computing = 0;
let failures = 0;

for (const { title, members } of families) {
  console.log(`${title}\n`);
  line(...header);
  for (const { name, d, network } of members) {
    const closedForm = dimension(network).dimension.upper;
    const result = await certify(network, {
      onProgress: ({ phase, done, total }) => progress(`${name}: ${phase} ${done} of ${total}`),
    });
    progress('');
    const { lower, exact } = result.dimension;
    await writeFile(new URL(`${name}.json`, folder), serializeCertificate(result.certificate));
    written.push(name);
    computing += result.seconds;
    if (!exact) failures++;
    line(d, result.parameters, closedForm, lower, exact ? 'yes' : 'no', milliseconds(result.seconds * 1000));
  }
  console.log();
}
console.log(`Computed in ${milliseconds(computing * 1000)} ms.`);

const start = performance.now();
let accepted = 0;
for (const name of written) {
  progress(`verifying ${name}`);
  const verdict = await verify(await readFile(new URL(`${name}.json`, folder), 'utf8'));
  progress('');
  if (verdict.accepted) {
    accepted++;
    continue;
  }
  failures++;
  const { path, expected, got } = verdict.fault;
  console.log(`REJECTED ${folderName}${name}.json: ${path}: expected ${expected}, got ${got}`);
}
const verifying = milliseconds(performance.now() - start);
console.log(`Written to ${folderName}: ${written.length} certificates.`);
console.log(`Read again and accepted by verify: ${accepted} of them, in ${verifying} ms.`);
console.log(`Check one yourself:\n  npx dimcert verify ${folderName}${written.at(-1)}.json\n`);

console.log(`The last network again, in double precision: the singular values above 1e-10 of
the largest, of the Jacobian at 48 inputs. Weights and inputs are normally
distributed. Konda (arXiv 2610.09620) reports 40.\n`);
for (const deviation of [0.1, 0.3, 1, 2]) {
  progress(`double precision, standard deviation ${deviation}`);
  const rank = float64Rank(deep, { inputs: 48, deviation, cutoff: 1e-10, seed: 1 });
  progress('');
  console.log(`  standard deviation ${String(deviation).padEnd(3)}  rank ${rank}`);
}
process.exitCode = failures > 0 ? 1 : 0;

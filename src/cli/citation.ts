import type { Verification } from '../verify/index.ts';
import { dimensionInWords, wrap } from './report.ts';

/** What the citation takes from the certificate that was accepted. */
interface Cited {
  readonly digest: string;
  readonly network?: { readonly inputDim: number; readonly sequenceLength: number };
  readonly lowerBound: { readonly point?: { readonly seed: string } };
}

/** Of this version. */
const releaseYear = '2026';

type Accepted = Verification & { readonly accepted: true };

const paragraphWidth = 100;

/**
 * A BibTeX entry, and a paragraph for a paper's appendix that says what was checked, and by what: for an accepted certificate.
 *
 * The same certificate and version give the same text.
 */
export function citation(certificate: string, verdict: Accepted, version: string): string {
  const cited = JSON.parse(certificate) as Cited;
  const paragraph = verdict.kind === 'rank' ? rankParagraph(verdict) : dimensionParagraph(cited, verdict);
  const how = `The certificate has the digest (SHA-256) ${cited.digest}. It was checked by dimcert verify, version ${version}, which recomputes all of this from the certificate alone, by code that it does not share with the program that wrote it.`;
  return [...bibtex(cited.digest, version), '', ...wrap(`${paragraph} ${how}`, paragraphWidth), ''].join(
    '\n',
  );
}

function bibtex(digest: string, version: string): string[] {
  return [
    `@software{dimcert-${digest.slice(0, 12)},`,
    '  author  = {{The dimcert maintainers}},',
    '  title   = {dimcert: exact dimensions of the function spaces of attention networks},',
    `  version = {${version}},`,
    `  year    = {${releaseYear}},`,
    `  note    = {certificate with the SHA-256 digest ${digest}},`,
    '}',
  ];
}

function dimensionParagraph(
  { network, lowerBound }: Cited,
  { parameters, dimension, witness, probable, prime, statements }: Accepted & { kind: 'dimension' },
): string {
  const { inputDim, sequenceLength } = network!;
  const { lower, upper } = dimension;
  const claim = lower === upper ? `is ${lower}` : `lies in the interval from ${lower} to ${upper}`;
  const independence = statements.filter((statement) => statement.startsWith('independence'));
  const upperStatement = statements.find((statement) => statement.startsWith('upper bound'))!;
  return [
    `The dimension of the function space of the network in the certificate (input dimension ${inputDim}, sequence length ${sequenceLength}, ${parameters} parameters), which is the generic rank of the Jacobian of its parametrization, ${claim}.`,
    `Lower bound: at the point that SHA-256 draws from the seed ${lowerBound.point!.seed} modulo the prime ${prime}, a minor of order ${lower} of the Jacobian is not zero; a minor that is not zero after a ring homomorphism was not zero before it.`,
    ...(witness
      ? [
          `This was not proved but checked by a witness: the error probability is at most ${witness.errorProbability}, on the assumption that ${witness.assumption}.`,
        ]
      : []),
    ...(independence.length > 0
      ? [
          `That the point is a homomorphism rests on facts that were proved as well: ${independence.join('; ')}.`,
        ]
      : []),
    `Upper bound: ${upperStatement.slice(upperStatement.indexOf(': ') + 2)}.`,
    ...(probable
      ? [
          `A run at a random point modulo a random prime gives ${dimensionInWords({ lower, upper: probable.upper })}, with an error probability of at most ${probable.errorProbability}; this is no proof.`,
        ]
      : []),
  ].join(' ');
}

function rankParagraph({ rows, cols, rank, statements }: Accepted & { kind: 'rank' }): string {
  return `The ${rows} x ${cols} matrix in the certificate has rank ${rank}. Proof: ${statements.join('; ')}.`;
}

export { canonicalJson } from './canonical-json.ts';
export {
  serializeCertificate,
  type Certificate,
  type ProbableUpperBound,
  type Retry,
} from './certificate.ts';
export { BoundContradiction, certify, type CertifyOptions, type CertifyResult } from './certify.ts';
export { certifyRankOverQ } from './certify-rank-over-q.ts';
export { certifyRank, type CertifiedRank, type RankCertificate } from './certify-rank.ts';

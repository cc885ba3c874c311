export {
  BoundContradiction,
  certify,
  serializeCertificate,
  type Certificate,
  type CertifyOptions,
  type CertifyResult,
} from './certificate/index.ts';
export {
  isPrime,
  maxPrime,
  maxWordPrime,
  PrimeField,
  type Prime,
  type Residue,
  type ResidueArray,
  type ResidueOf,
} from './field/index.ts';
export { readMatrix, type MatrixFormat } from './matrix-file/index.ts';
export {
  charpoly,
  det,
  EchelonForm,
  inverse,
  minpoly,
  multiply,
  nullspace,
  pluq,
  rank,
  rankAsync,
  rankProfiles,
  rref,
  solve,
  transpose,
  type Matrix,
  type Pluq,
  type RankOptions,
  type RankProfiles,
  type ReducedEchelonForm,
  type ResidueMatrix,
} from './matrix/index.ts';
export {
  attentionStack,
  lightningAttention,
  network,
  parameterBlocks,
  parameterCount,
  parseNetwork,
  parseNetworkText,
  softmaxAttention,
  type AttentionLayer,
  type AttentionOptions,
  type AttentionStackOptions,
  type Layer,
  type Network,
  type NetworkOptions,
  type ParameterBlock,
} from './network/index.ts';
export type { LongOperation, Progress } from './pace.ts';
export {
  detOverQ,
  detOverQAsync,
  nullspaceOverQ,
  nullspaceOverQAsync,
  rankOverQ,
  rankOverQAsync,
  solveOverQ,
  solveOverQAsync,
  type IntegerMatrix,
  type RationalMatrix,
} from './rational/index.ts';
export { closedForm, dimension, type ClosedForm, type TheoreticalDimension } from './theory/index.ts';
export {
  CertificateFormatError,
  verify,
  type Fault,
  type Verification,
  type VerifyOptions,
} from './verify/index.ts';

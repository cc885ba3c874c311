export { CertificateFormatError, type Fault } from './fault.ts';
export { verify, type Verification, type VerifyOptions } from './verify.ts';

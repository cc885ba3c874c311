/** A parsed certificate that a test changes at will. */
// oxlint-disable-next-line no-explicit-any
export type Loose = any;

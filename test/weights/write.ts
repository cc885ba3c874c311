/** A tensor to write: numbers of a floating-point type, or the words of a 16-bit one. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly numbers?: readonly number[];
  readonly words?: readonly number[];
}

/** A file of safetensors. */
export function safetensorsOf(
  tensors: Readonly<Record<string, WrittenTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, dtype, numbers, words }] of Object.entries(tensors)) {
    const data = words
      ? new Uint16Array(words)
      : dtype === 'F64'
        ? new Float64Array(numbers!)
        : new Float32Array(numbers!);
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    parts.push(new Uint8Array(data.buffer));
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** An .npy file, version 1.0, of a vector of doubles. */
export function npyOf(numbers: readonly number[]): Uint8Array {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${numbers.length},), }`;
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + 8 * numbers.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), 10);
  numbers.forEach((x, i) => view.setFloat64(10 + padded.length + 8 * i, x, true));
  return bytes;
}

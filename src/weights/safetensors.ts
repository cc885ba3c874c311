import { rangeFault, typeFault } from '../assert.ts';
import { parseJson } from '../network/json.ts';

/*
 * The format of safetensors: the length of a JSON header (u64, little-endian), the header, the bytes of the tensors. The header has for each name its
 * dtype, shape and data_offsets from the end of the header; `__metadata__` has strings.
 */

/** A tensor of a file: its entries row-major, numbers that are exactly those of the file. */
export interface FileTensor {
  readonly shape: readonly number[];
  readonly entries: readonly (number | bigint)[];
}

type Reader = (view: DataView, at: number) => number | bigint;

const readers: Readonly<Record<string, { readonly bytes: number; readonly read: Reader }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfPrecision(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => brainFloat(view.getUint16(at, true)) },
  I64: { bytes: 8, read: (view, at) => view.getBigInt64(at, true) },
  U64: { bytes: 8, read: (view, at) => view.getBigUint64(at, true) },
  I32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  U32: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  I16: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  U16: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  I8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, read: (view, at) => view.getUint8(at) },
};

const largestHeader = 100_000_000;

/** Is this a file of safetensors, rather than a text? A header's length and its opening brace. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 9 && bytes[8] === 0x7b && bytes[7] === 0 && bytes[6] === 0;
}

/** Reads all tensors. Throws a `RangeError` or `TypeError` that says what is wrong; entries must be finite. */
export function readSafetensors(bytes: Uint8Array): {
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly metadata: ReadonlyMap<string, string>;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw rangeFault('safetensors', 'a header', 'the end of the file');
  const length = Number(view.getBigUint64(0, true));
  if (length > largestHeader || 8 + length > bytes.length)
    throw rangeFault('safetensors', 'a header inside the file', `${length} bytes of ${bytes.length}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length));
  } catch {
    throw new RangeError('safetensors.header: expected text in UTF-8, got other bytes');
  }
  const header: unknown = parseJson(text.trimEnd(), 'safetensors.header');
  if (header === null || typeof header !== 'object' || Array.isArray(header))
    throw typeFault('safetensors.header', 'an object', header);
  const data = new DataView(bytes.buffer, bytes.byteOffset + 8 + length, bytes.length - 8 - length);
  const tensors = new Map<string, FileTensor>();
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(header as Record<string, unknown>)) {
    if (name === '__metadata__') {
      for (const [key, entry] of Object.entries((value ?? {}) as Record<string, unknown>))
        if (typeof entry === 'string') metadata.set(key, entry);
    } else tensors.set(name, readTensor(`safetensors["${name}"]`, value, data));
  }
  return { tensors, metadata };
}

function readTensor(title: string, value: unknown, data: DataView): FileTensor {
  if (value === null || typeof value !== 'object') throw typeFault(title, 'an object', value);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  const reader = typeof dtype === 'string' && Object.hasOwn(readers, dtype) ? readers[dtype]! : null;
  if (!reader) throw rangeFault(`${title}.dtype`, `one of ${Object.keys(readers).join(', ')}`, dtype);
  const sizes = naturals(`${title}.shape`, shape);
  const [from, to, ...rest] = naturals(`${title}.data_offsets`, offsets);
  const count = sizes.reduce((product, size) => product * size, 1);
  const fits = from !== undefined && to !== undefined && rest.length === 0 && to <= data.byteLength;
  if (!fits || to - from !== count * reader.bytes)
    throw rangeFault(
      `${title}.data_offsets`,
      `${count * reader.bytes} bytes inside the file`,
      `${from}, ${to}`,
    );
  const entries = Array<number | bigint>(count);
  for (let i = 0; i < count; i++) {
    const entry = reader.read(data, from + i * reader.bytes);
    if (typeof entry === 'number' && !Number.isFinite(entry))
      throw rangeFault(`${title}[${i}]`, 'a finite number', entry);
    entries[i] = entry;
  }
  return { shape: sizes, entries };
}

function naturals(title: string, value: unknown): number[] {
  const isNatural = (x: unknown): boolean => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
  if (!Array.isArray(value) || !value.every(isNatural))
    throw typeFault(title, 'a list of integers ≥ 0', value);
  return value as number[];
}

/** IEEE 754 binary16. */
function halfPrecision(word: number): number {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The upper half of a binary32. */
function brainFloat(word: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, word * 0x10000);
  return view.getFloat32(0);
}

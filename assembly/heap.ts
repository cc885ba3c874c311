/*
 * The heap is a stack: `allocate` raises its top, `release` lowers it again. Offsets are multiples of 64 bytes, so that no
 * vector crosses a cache line. What a caller gets is zeroed.
 *
 *     0        __heap_base                                   top
 *     | statics | workspace of the product | caller's matrices | free … |
 */

let top: usize = 0;

// @ts-ignore: decorator
@inline function aligned(offset: usize): usize {
  return (offset + 63) & ~(<usize>63);
}

/** Grows the memory until `bytes` more fit; false if it cannot. */
export function reserve(bytes: usize): bool {
  if (top == 0) top = aligned(__heap_base);
  // 64 bytes more: the next top is aligned.
  const end = <u64>top + <u64>bytes + 64;
  // 65536 pages of 64 KiB are all that a 32-bit memory can have.
  if (end > <u64>65536 << 16) return false;
  const missing = <i32>((end + 0xffff) >> 16) - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

/** Empties the heap, the workspace included. */
export function clear(): void {
  top = 0;
}

/** Room for good at the bottom of the heap, with anything in it; traps if there is none. */
export function allocateWorkspace(bytes: usize): usize {
  if (!reserve(bytes)) unreachable();
  const at = top;
  top = aligned(at + bytes);
  return at;
}

/** The offset of `bytes` zeroed bytes, or −1 (as usize) if the memory cannot grow to hold them. */
export function allocate(bytes: usize): usize {
  if (!reserve(bytes)) return -1;
  const at = top;
  top = aligned(at + bytes);
  memory.fill(at, 0, bytes);
  return at;
}

export function mark(): usize {
  return top;
}

export function release(offset: usize): void {
  top = offset;
}

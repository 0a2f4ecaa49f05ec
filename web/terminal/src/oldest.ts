/** Keeps a map or a set at a size: what was put first goes first. */
export function dropOldest<K>(known: Map<K, unknown> | Set<K>, most: number): void {
  for (const key of known.keys()) {
    if (known.size <= most) return;
    known.delete(key);
  }
}

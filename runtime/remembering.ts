/** One read serves all who ask at the same time or soon after. */
export function remembering<T>(
  read: () => Promise<T>,
  { rememberedMs, monotonicMs }: { rememberedMs: number; monotonicMs: () => number },
): () => Promise<T> {
  let remembered: { value: Promise<T>; readAtMs: number } | undefined;
  return () => {
    if (!remembered || monotonicMs() - remembered.readAtMs >= rememberedMs) {
      remembered = { value: read(), readAtMs: monotonicMs() };
    }
    return remembered.value;
  };
}

// A row goes: it fades and the gap closes, quietly; at once for those who asked for less motion.
export function leave(node: HTMLElement): { duration: number; css?: (t: number) => string } {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return { duration: 0 };
  const height = node.offsetHeight;
  return {
    duration: 220,
    css: (t) => `overflow: hidden; height: ${t * height}px; opacity: ${t}`,
  };
}

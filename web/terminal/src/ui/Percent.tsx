export function Percent({ value }: { value: string | null }) {
  if (value === null) return <span class="quiet">–</span>;
  const isDown = value.startsWith("-");
  const isFlat = /^-?0*\.?0*$/.test(value);
  return <span class={isFlat ? "quiet" : isDown ? "down" : "up"}>{isDown || isFlat ? value : `+${value}`} %</span>;
}

/** Two footprints: the mark of the house. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className="mark" viewBox="0 0 64 64" width={size} height={size} aria-hidden="true">
      <ellipse cx="21" cy="37" rx="8" ry="12" />
      <ellipse cx="22" cy="55" rx="5.5" ry="5" />
      <circle cx="12" cy="21" r="2.6" />
      <circle cx="17.5" cy="18.5" r="3" />
      <circle cx="24" cy="18.5" r="3.6" />
      <ellipse cx="45" cy="24" rx="8" ry="12" />
      <ellipse cx="44" cy="42" rx="5.5" ry="5" />
      <circle cx="54" cy="8" r="2.6" />
      <circle cx="48.5" cy="5.5" r="3" />
      <circle cx="42" cy="5.5" r="3.6" />
    </svg>
  );
}

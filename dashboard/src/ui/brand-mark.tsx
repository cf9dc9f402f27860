export function BrandMark() {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" className="brand-mark">
      <rect width="32" height="32" rx="8" />
      <path d="M8 12h16M12 7v4M20 7v4M11 19l4 4 7-7" />
    </svg>
  );
}

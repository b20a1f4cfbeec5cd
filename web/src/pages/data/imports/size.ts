/** Sizes of files as people read them. */

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `sized(4294967296, "en")` is "4 GB". */
export function sized(bytes: number, language: string): string {
  const place = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)));
  const format = { style: "unit", unit: UNITS[place], unitDisplay: "short", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", format).format(bytes / 1024 ** place);
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Whether a text is the code of a currency that is or was. Source: ISO 4217, as CLDR has it. */
export const isCurrency = (code: string): boolean => currencies.has(code);

/** Digits after the point of amounts in a currency: 2 of euros, 0 of yen, 3 of dinars. Source: ISO 4217, as CLDR has it. */
export const minorDigits = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

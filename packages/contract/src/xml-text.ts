const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};
/** What XML 1.0 cannot carry at all. */
const impossible =
  // oxlint-disable-next-line no-control-regex -- these very characters are what is removed
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text as it may stand in an element or an attribute of a document that we make. Characters that XML has no place for are removed. */
export const xmlText = (text: string): string => text.replace(impossible, '').replace(/[&<>"\n\r\t]/g, (sign) => escapes[sign] ?? sign);

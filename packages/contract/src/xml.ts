/** The XML codec. Writing needs no parser: what only writes imports `xml-encode`. */
export { decodeXml, decodeXmlCollection, type XmlDecodeOptions } from './xml-decode.ts';
export {
  type CollectionHead,
  encodeXml,
  encodeXmlCollection,
  framedXml,
  ownXml,
  xmlDeclaration,
  XmlCollectionWriter,
  type XmlOptions,
} from './xml-encode.ts';
export { DecodeError, type DecodeErrorCode, type DecodeLimits, defaultDecodeLimits } from './decode-error.ts';
export { EncodeError } from './scalars.ts';

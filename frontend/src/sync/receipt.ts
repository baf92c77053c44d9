/** Reads what `/submission` answers: a sentence, and after a success the receipt. */

export interface Receipt {
  instance: string;
  sha256: string;
  /** Every file the server holds for this visit: name → SHA-256. */
  files: Map<string, string>;
}

export interface Said {
  sentence: string;
  receipt: Receipt | null;
}

const RECEIPTS = 'urn:mingcha:receipt';
const RESPONSES = 'http://openrosa.org/http/response';

export function readAnswer(body: string): Said {
  // An error page of something on the way is no XML; the parser would put styled complaints into it.
  if (!body.includes('OpenRosaResponse')) return { sentence: '', receipt: null };
  const document = new DOMParser().parseFromString(body, 'application/xml');
  const message = document.getElementsByTagNameNS(RESPONSES, 'message')[0];
  const receipt = document.getElementsByTagNameNS(RECEIPTS, 'receipt')[0];
  const sentence = message?.textContent?.trim().slice(0, 300) ?? '';
  if (!receipt) return { sentence, receipt: null };
  const files = new Map<string, string>();
  for (const file of receipt.getElementsByTagNameNS(RECEIPTS, 'file')) {
    files.set(file.getAttribute('name') ?? '', file.getAttribute('sha256') ?? '');
  }
  return {
    sentence,
    receipt: { instance: receipt.getAttribute('instance') ?? '', sha256: receipt.getAttribute('sha256') ?? '', files },
  };
}

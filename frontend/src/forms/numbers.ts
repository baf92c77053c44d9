/** Numbers as people type them: full-width digits, spaces and a comma for the point included. */
import { say } from '../words';
import type { Question } from './nodes';

const INTEGER = /^[+-]?\d{1,10}$/;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const LARGEST = 2_147_483_647;

export function acceptNumber(question: Question) {
  return (text: string): { value: string } | { wrong: string } => {
    const plain = text.normalize('NFKC').replace(/\s/g, '');
    if (plain === '') return { value: '' };
    if (question.kind === 'integer') {
      return INTEGER.test(plain) && Math.abs(Number(plain)) <= LARGEST ? { value: String(Number(plain)) } : { wrong: say('problem.integer') };
    }
    const pointed = plain.replace(',', '.');
    return DECIMAL.test(pointed) ? { value: String(Number(pointed)) } : { wrong: say('problem.number') };
  };
}

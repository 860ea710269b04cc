import { useEffect, useState } from 'react';

/** milliseconds without a key after which a word is taken for written */
const PAUSE = 200;

/** What is being written, once the keys pause; with the second of the answer, and where nothing is left of it, at once. */
export function useSettled(text: string): readonly [string, () => void] {
  const [settled, setSettled] = useState(text);
  if (text === '' && settled !== '') setSettled('');
  const settle = () => setSettled(text);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);

  return [text === '' ? '' : settled, settle];
}

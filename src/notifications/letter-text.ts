import type { Block, LetterContent } from './letter-content.js';

/** Longer lines are left to the reader's program to break: a link must stay whole. */
export function letterText({ blocks }: LetterContent): string {
  return `${blocks.map(plain).join('\n\n')}\n`;
}

function plain(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return block.text.toUpperCase();
    case 'button':
      return `${block.label}:\n${block.url}`;
    case 'small':
      return `-- \n${block.text}`;
    case 'text':
      return block.text;
  }
}

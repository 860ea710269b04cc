import { expect } from '@jest/globals';
import { ConfigError, loadConfig } from '../../src/config.ts';

/** What the settings are refused with, a line for each fault. */
export function faults(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const [title, ...lines] = (error as ConfigError).message.split('\n');
    expect(title).toBe('Wrong settings:');
    return lines.map((line) => line.trim());
  }
  throw new Error('accepted');
}

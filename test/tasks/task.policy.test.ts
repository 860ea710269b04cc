import { describe, expect, it } from '@jest/globals';
import { taskRefusal } from '../../src/tasks/task.policy.ts';

describe('the policy of tasks', () => {
  it.each([
    ['own', undefined],
    ['foreign', 'FORBIDDEN'],
    ['absent', 'NOT_FOUND'],
  ] as const)('answers to a task that is %s with %s', (standing, code) => {
    expect(taskRefusal(standing)?.code).toBe(code);
  });
});

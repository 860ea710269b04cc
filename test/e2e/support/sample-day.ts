import type { Person } from './web.ts';

const DAY = 86_400_000;

/** The day so many days from now, as the API writes it. */
const day = (fromNow: number) => new Date(Date.now() + fromNow * DAY).toISOString().slice(0, 10);

/** Lists, tags and tasks as somebody with a job, a home and a journey ahead has them. */
export async function sampleDay({ elsewhere }: Pick<Person, 'elsewhere'>): Promise<void> {
  const make = async (path: string, body: object) => (await elsewhere('POST', path, body)).id;
  const list = (name: string, color: string) => make('/api/lists', { name, color });
  const tag = (name: string, color: string) => make('/api/tags', { name, color });
  const task = (title: string, more: object = {}) => make('/api/tasks', { title, ...more });

  const home = await list('Home', '#3a9a5b');
  const lisbon = await list('Lisbon in spring', '#d9772b');
  const work = await list('Work', '#3b6fd8');
  const errand = await tag('errand', '#d9772b');
  const focus = await tag('focus', '#7c5bd9');
  const quick = await tag('quick', '#3a9a5b');
  const waiting = await tag('waiting', '#d6455d');

  await task('Renew the passport', { due_date: day(-1), priority: 'HIGH', tag_ids: [errand] });
  const review = await task('Prepare the quarterly review', {
    list_id: work,
    priority: 'URGENT',
    due_date: day(0),
    tag_ids: [focus],
    description: 'Ten slides at most. The numbers come from Mara on Thursday.',
  });
  await task('Collect the numbers', { parent_id: review, completed: true });
  await task('Write the story in one page', { parent_id: review, completed: true });
  await task('Slides', { parent_id: review, due_date: day(0) });
  await task('Rehearse once', { parent_id: review });
  await task('Buy oat milk, bread and lemons', { list_id: home, due_date: day(0), tag_ids: [errand, quick] });
  await task('Pick a restaurant for Friday', { due_date: day(1), priority: 'MEDIUM', tag_ids: [quick] });
  await task('Answer Jonas about the contract', { list_id: work, priority: 'LOW', tag_ids: [waiting] });
  await task('Water the plants', { list_id: home, due_date: day(3), recurrence: 'FREQ=WEEKLY' });
  await task('Book the night train', { list_id: lisbon, due_date: day(5), priority: 'MEDIUM', tag_ids: [quick] });
  await task('Read the chapter about trees', { tag_ids: [focus] });
  await task('Ask Ana for the keys to the flat', { list_id: lisbon, tag_ids: [waiting] });
  await task('Call the dentist', { tag_ids: [errand, quick] });
  await task('Send the invoice', { list_id: work, completed: true });
  await elsewhere('DELETE', `/api/tasks/${await task('Cancel the old subscription')}`);
}

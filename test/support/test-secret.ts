/** Long enough to be accepted, and known to nobody outside the tests. Apart from the app, which takes a second to load. */
export const TEST_SECRET = 'a secret of the tests that has more than 32 bytes';

// What the build makes of lessons/ (www/build/lessons.ts); list.ts says what it is.
declare module "virtual:lessons" {
  export const LESSONS: unknown;
}

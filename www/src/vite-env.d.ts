/// <reference types="vite/client" />

/** The version of the program and of what the page is made of: `0.1.0+1a2b3c4d`. */
declare const __VERSION__: string;

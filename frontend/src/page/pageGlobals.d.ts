/** The folder of Pyodide and the judge, whose name holds its hash; made by `make space`. */
declare const PYTHON: string;

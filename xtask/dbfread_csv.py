"""A table to CSV on standard output with dbfread, as its documentation shows: the peer in Python."""

import csv
import sys

from dbfread import DBF

table = DBF(sys.argv[1], encoding="cp866")
writer = csv.writer(sys.stdout)
writer.writerow(table.field_names)
for record in table:
    writer.writerow(list(record.values()))

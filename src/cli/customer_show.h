/* How customers look on a terminal. */
#ifndef REB_CLI_CUSTOMER_SHOW_H
#define REB_CLI_CUSTOMER_SHOW_H

#include "../app/customer.h"
#include "cli.h"

void reb_print_customer(const reb_cli *cli, const reb_customer_view *v);
void reb_print_customers(const reb_cli *cli, const reb_customer_page *p);
void reb_print_history(const reb_cli *cli, const reb_customer_history *h);
void reb_print_doubles(const reb_cli *cli, const reb_customer_doubles *d);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Symmetric positive definite systems of dimension up to 4, stored as 4 x 4, row by row. */
#include "num.h"

bool num_cholesky(double l[16], const double m[16], int n) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = m[4 * i + j];
            for (int k = 0; k < j; k++) sum -= l[4 * i + k] * l[4 * j + k];
            if (i == j) {
                /* what is left of the diagonal must be more than rounding */
                if (!(sum > 1e-13 * fabs(m[4 * i + i])) || !num_finite(sum)) return false;
                l[4 * i + i] = sqrt(sum);
            } else {
                l[4 * i + j] = sum / l[4 * j + j];
            }
        }
    }
    return true;
}

void num_cholesky_solve(double x[4], const double l[16], const double b[4], int n) {
    for (int i = 0; i < n; i++) {
        double sum = b[i];
        for (int k = 0; k < i; k++) sum -= l[4 * i + k] * x[k];
        x[i] = sum / l[4 * i + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        double sum = x[i];
        for (int k = i + 1; k < n; k++) sum -= l[4 * k + i] * x[k];
        x[i] = sum / l[4 * i + i];
    }
}

void num_cholesky_inverse(double inv[16], const double l[16], int n) {
    for (int j = 0; j < n; j++) {
        double unit[4] = {0};
        double column[4] = {0};
        unit[j] = 1.0;
        num_cholesky_solve(column, l, unit, n);
        for (int i = 0; i < n; i++) inv[4 * i + j] = column[i];
    }
}

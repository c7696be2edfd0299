"""Train a convolutional network to read handwritten digits:  python examples/lenet_digits.py"""

import numpy as np

import pygrad
from pygrad import data, nn, no_grad
from pygrad import functions as F
from pygrad.data import DataLoader, ratio_split


class LeNet(nn.Module):
    """LeCun's network of 1998 for images of 8 x 8: convolve and shrink, twice, then decide."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding="same")
        self.norm1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3, padding="same")
        self.norm2 = nn.BatchNorm2d(64)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.5)
        self.fc1 = nn.Linear(64 * 2 * 2, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = x.reshape(len(x), 1, 8, 8)
        x = self.pool(F.relu(self.norm1(self.conv1(x))))
        x = self.pool(F.relu(self.norm2(self.conv2(x))))
        x = F.relu(self.fc1(self.dropout(x.reshape(len(x), 256))))
        return self.fc2(self.dropout(x))


pygrad.seed(0)
train, test = ratio_split(data.datasets.digits(), 0.8, 0.2)
model = LeNet()
optimizer = nn.optim.Adam(model.params(), lr=2e-3)
epochs = 30

for epoch in range(epochs):
    optimizer.lr = 1e-3 * (1 + np.cos(np.pi * epoch / epochs))  # from 2e-3 down to 0
    for images, labels in DataLoader(train, 64):
        loss = F.softmax_cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

model.eval()
images, labels = test[:]
with no_grad():
    predicted = model(images).data.argmax(axis=1)
print(f"test accuracy: {np.mean(predicted == labels):.1%}")
